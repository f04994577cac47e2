"""What browsers and search engines ask for at the root."""


def test_robots_keep_out_of_everybodys_visits_and_of_the_desk(client):
    response = client.get("/robots.txt")
    lines = b"".join(response).decode().splitlines()
    assert response["Content-Type"].startswith("text/plain")
    assert lines == [
        "User-agent: *",
        "Allow: /book/exam/",
        "Disallow: /book/",
        "Disallow: /visit/",
        "Disallow: /desk/",
        "Disallow: /admin/",
    ]


def test_there_is_an_icon_at_the_address_browsers_guess(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert b"".join(response)[:4] == b"\x00\x00\x01\x00"
