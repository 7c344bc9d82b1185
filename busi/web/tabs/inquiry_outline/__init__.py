"""The inquiry on the outline: drawn by hand, by the network and by the radiologist."""
