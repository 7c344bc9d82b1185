"""What stands between the network and the pages: doors, lines, connections, files of visitors, and how it all stops.

From the outside in, the way of a request:

    connections   how many, and for how long one may be silent
    sites         one host, no foreign site, no permission to read an answer
    guard         open doors, names, sizes, headers
    kept          answers that are the same for every visitor, from memory
    questions     what may be asked, a few at a time; `waiting` tells those who cannot be taken in
    uploads       visitors' files: nothing left of those that break off, nothing longer than promised
    lines         Gradio's queue, that cannot be stopped from outside nor filled by one
    sessions      what is remembered of a visitor

`decoding` reads visitors' pictures in processes that can be ended. `lifespan` puts all of it around the app and begins
with it, `own_folder` is where visitors' files are, `ledger` bounds what comes in at once, `reports` the log, `memory`
what is kept of it. `stopping` ends it all without cutting anybody off.
"""
