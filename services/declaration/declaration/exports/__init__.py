"""What was transmitted, handed to each Caf in numbered batches: every version in one batch, once, whatever crashes."""
