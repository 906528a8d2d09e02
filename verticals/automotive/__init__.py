"""The pack for workshops: vehicles, symptoms, how the car arrives."""
