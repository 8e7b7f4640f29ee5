"""The Caf's answers: the columns of its file, its reasons for rejecting, and what each answer asks of the landlord."""
