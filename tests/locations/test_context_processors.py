from locations.context_processors import site


def test_every_page_knows_the_names_and_the_phone(rf, settings):
    settings.BRAND_NAME, settings.NEUTRAL_NAME, settings.DEMO = "Lakeside MRI", "Lakeside", True
    settings.HELP_PHONE = "+18005550142"
    assert site(rf.get("/")) == {
        "brand_name": "Lakeside MRI",
        "neutral_name": "Lakeside",
        "help_phone": "(800) 555-0142",
        "help_phone_link": "tel:+1-800-555-0142",
        "demo": True,
    }
