"""The tab Prédiction."""
