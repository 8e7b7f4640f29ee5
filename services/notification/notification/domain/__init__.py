"""Notification's rules: pure tables and functions, without web, database or broker.

`messages` the table of messages · `kinds`, `variables` what its rows hold · `channels` e-mail or letter · `states` the
state machine of a message · `answers` which answers of the Caf are worth a message · `calendar` working days and
cut-offs · `batches` which letters are printed together · `batch_states` the states of a print batch · `retries` how
long to wait.
"""
