"""e-Iblagh casework: what a report, a case, a review and a referral are, and what is legal."""
