"""The pack for hair and beauty salons: chairs, and color that leaves hands free."""
