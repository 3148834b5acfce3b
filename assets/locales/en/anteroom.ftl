app-name = Anteroom
