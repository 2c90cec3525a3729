"""AWS services other than the table: clients, secrets, sealing, announcements, settings.

Not here: the table (`casework.aws.table`) and the workflow (`casework.aws.steps`).
"""
