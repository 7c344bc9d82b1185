"""The BI-RADS desk: twelve real cases, a category and a decision for each, and what they would have cost."""
