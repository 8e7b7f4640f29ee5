"""Notification's rules: pure tables and functions, without web, database or broker.

`templates` the kinds of message · `channels` e-mail or letter · `states` the state machine of a message ·
`answers` which answers of the Caf are worth a message · `calendar` working days and cut-offs · `batches` which letters
are printed together · `batch_states` the states of a print batch · `repeats` how often the same message may go ·
`retries` how long to wait.
"""
