"""How a score and the threshold are written, worked by hand: what Python and the page's scripts must both write."""

OURS = 0.0881670344121192  # the threshold of the embedded network

# Score, threshold, and both as English writes them.
CASES = [
    (0.92, OURS, "92%", "8.8%"),
    (0.5, OURS, "50%", "8.8%"),
    (0.107, OURS, "11%", "8.8%"),  # two whole points away
    (0.105, OURS, "10.5%", "8.8%"),  # a tie, which goes to the even 10
    (0.098, OURS, "9.8%", "8.8%"),
    (0.0862, OURS, "8.6%", "8.8%"),  # both would be "9%", of which one makes an alert
    (0.081, OURS, "8.1%", "8.8%"),
    (0.0796, OURS, "8.0%", "8.8%"),
    (0.0749, OURS, "7%", "8.8%"),
    (0.0882, OURS, "8.820%", "8.817%"),  # as many decimals as it takes
    (OURS, OURS, "8.8%", "8.8%"),  # at the threshold, where the alert begins
    (0.004, OURS, "<1%", "8.8%"),
    (0.9996, OURS, ">99%", "8.8%"),
    (0.0, OURS, "0%", "8.8%"),
    (1.0, OURS, "100%", "8.8%"),
    (0.4951, 0.5, "49.5%", "50.0%"),
    (0.49996, 0.5, "49.996%", "50.000%"),
    (0.505, 0.5, "50.5%", "50.0%"),
    (0.1225, 0.125, "12.2%", "12.5%"),  # 12.25 is a tie that a computer holds exactly: to the even digit
    (0.0003, 0.004, "<0.1%", "0.4%"),  # never a false zero
    (0.9999, 0.995, ">99.9%", "99.5%"),
    (0.00004, 0.00002, "0.004%", "0.002%"),
]
