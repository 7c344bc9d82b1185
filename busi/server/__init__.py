"""What stands between the network and the pages: doors, lines, connections, files of visitors, and how it all stops.

From the outside in, the way of a request:

    guard       closed doors, sizes, foreign sites, headers
    kept        answers that are the same for every visitor, from memory
    waiting     what a full line answers
    sessions    what is remembered of a visitor

`stopping` ends it without cutting anybody off.
"""
