"""The tab L'évaluation."""
