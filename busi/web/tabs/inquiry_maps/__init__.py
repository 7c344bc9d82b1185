"""The inquiry on maps: three ways to say where one answer came from."""
