"""The pack for clinics: patients, rooms, formal address, visits on request."""
