"""What stands around Gradio's page: its looks, its head, where to go, the first screen, its end."""
