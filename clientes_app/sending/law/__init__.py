"""What the law asks of advertising by SMS: lawful hours, and one a person a day (docs/law.md)."""
