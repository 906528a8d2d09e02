"""The pack for hair and beauty salons: chairs, and colour that leaves hands free."""
