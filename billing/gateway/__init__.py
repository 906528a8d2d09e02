"""The only door to whoever moves money: one port, and behind it a card provider and two simple ways.

How the rooms above use it::

    door = get_door(DoorName.STRIPE)                  # gateway.registry
    can = door.find_capabilities(account, currency="MXN", lead_time=timedelta(days=3))
    started = door.start(order)                       # Redirect | Instructions | NothingToStart
    payment = door.fetch(account, started.ids)        # afresh: what is true now, whatever came before
    door.capture(...), door.release(...), door.refund(...), door.charge_saved(...), door.close(...)
    events = door.read_event(raw, headers)            # tells what to fetch, never what to believe

Rules for whoever calls:

- Never inside a database transaction: commit the intent with its `PaymentKey`, then call (the door refuses otherwise).
- `OutcomeUnknown` means just that: ask `fetch`, or repeat the same call with the same key; never with another one.
- A key belongs to one intent. The next attempt of a person (another card, another day) is the next ``attempt``.
- Words of a provider (its states, its field names) stay in here; its ids are opaque text in `ProviderIds`.
"""
