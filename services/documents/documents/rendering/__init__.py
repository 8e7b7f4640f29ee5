"""From plain data to PDF bytes, and nothing else: no database, no network, no clock.

`recap.render_recap` and `letters.render_letter` are the two ways in. The same input gives the same bytes (the instant
printed is an argument), which is what lets a receipt be made again and compared with the one that was kept.
"""
