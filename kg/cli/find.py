import click
@click.command()
def find()->None:
    """x."""
