"""For whom: groups that are served worse, and how many one must try until chance makes one."""
