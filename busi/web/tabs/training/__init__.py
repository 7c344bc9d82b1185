"""The tab L'entraînement."""
