"""The field of dots on a campaign's page: one for each client, in sending order."""
