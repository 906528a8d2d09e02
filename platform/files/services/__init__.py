"""Taking files in, making pictures of them, removing them."""
