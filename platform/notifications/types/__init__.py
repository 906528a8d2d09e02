"""Values that notifications hands to other rooms and takes from them."""
