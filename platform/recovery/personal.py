"""What the room keeps about people: nothing outside of the backups, which are of everything."""

from __future__ import annotations

from kernel.personal import NotPersonal, TableInventory

INVENTORY = (TableInventory("recovery.PlatformBackup", personal={}, other={NotPersonal.CODE: ("label", "failure")}),)
