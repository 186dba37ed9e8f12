"""Files damaged at random, and judges of their own that know what may come out of them."""
