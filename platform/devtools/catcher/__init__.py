"""The demo's carrier: takes e-mail (SMTP) and SMS (Twilio's HTTP API), delivers nothing, shows everything."""
