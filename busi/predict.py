"""The door `python -m busi.predict [--bundle DIR] FILE ...`: what the network says of images, as CSV."""

import sys

from busi.serving.predict import main

if __name__ == "__main__":
    sys.exit(main())
