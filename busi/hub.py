"""The door `python -m busi.hub push DIR USER/REPO`: bundles on the Hugging Face Hub."""

import sys

from busi.bundle.hub import main

if __name__ == "__main__":
    sys.exit(main())
