"""What happens to the shop's money outside the order: bills, payouts, settlements, books."""
