"""Exports of transmitted versions to each Caf in numbered batches: each version in exactly one, whatever crashes."""
