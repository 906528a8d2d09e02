"""A device that makes passkeys, in software: what a phone answers to WebAuthn, without the phone."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


class Device:
    """One key for one site; ``is_checked``: it has checked its owner."""

    def __init__(self, origin: str, *, is_checked: bool = True) -> None:
        self.origin, self.flags = origin, PRESENT | (VERIFIED if is_checked else 0)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.user_handle = ""

    def create(self, options: dict) -> str:
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = self._head(asked["rp"]["id"], HAS_KEY) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        made = {
            "clientDataJSON": websafe_encode(self._say("webauthn.create", asked["challenge"])),
            "attestationObject": websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._answer(made)

    def get(self, options: dict, **changes: str) -> str:
        asked = options["publicKey"]
        said, data = self._say("webauthn.get", asked["challenge"]), self._head(asked["rpId"])
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        made = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user_handle,
        }
        return self._answer(made | changes)

    def _head(self, site: str, flags: int = 0) -> bytes:
        return sha256(site.encode()).digest() + bytes([self.flags | flags]) + bytes(4)

    def _say(self, kind: str, challenge: str) -> bytes:
        assert websafe_decode(challenge)
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict) -> str:
        name = websafe_encode(self.id)
        extras = {"credProps": {"rk": True}}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": extras}
        )
