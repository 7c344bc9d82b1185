"""The bundle: the folder that training leaves and the app opens, its card, and the way to the Hub and back."""
