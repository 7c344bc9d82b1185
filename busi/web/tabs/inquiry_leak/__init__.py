"""The leak: the same pictures, split by picture or by woman."""
