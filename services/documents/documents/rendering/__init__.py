"""Renders plain data to PDF bytes: no database, no network, no clock.

Entry points: `recap.render_recap`, `batch_recap.render_batch_recap`, `letters.render_letter`. The same input gives the
same bytes (the printed instant is an argument), so that a recap can be rendered again and compared with the stored one.
"""
