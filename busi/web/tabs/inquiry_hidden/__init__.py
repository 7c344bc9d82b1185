"""The inquiry on abstaining: a slider refers the least sure share of the images to a person."""
