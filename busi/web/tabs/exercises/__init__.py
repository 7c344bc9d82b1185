"""The tab Exercices."""
