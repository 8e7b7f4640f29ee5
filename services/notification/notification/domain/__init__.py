"""The rules of notification: pure tables and functions, without web, database or broker.

`templates` the kinds of message · `channels` e-mail or letter · `states` what may happen to a message · `addresses`
French postal addresses · `calendar` working days and cut-offs · `batches` which letters are printed together ·
`batch_states` what happens to a batch · `repeats` how often · `retries` how long to wait · `perimeter` whose
agents see it.
"""
