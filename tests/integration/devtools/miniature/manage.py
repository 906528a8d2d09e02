"""``config.manage`` of the miniature: a table instead of the product."""

import sys

import psycopg

from config.environment import read_environment


def main() -> None:
    command = sys.argv[1]
    with psycopg.connect(read_environment().database_url, autocommit=True) as connection:
        if command == "migrate_platform":
            connection.execute("CREATE TABLE IF NOT EXISTS visit (number serial)")
        elif command == "demo_tenant":
            print("no example here")
        elif command == "seed_demo":
            connection.execute("INSERT INTO visit DEFAULT VALUES")
            count = connection.execute("SELECT count(*) FROM visit").fetchone()[0]
            print(f"login ana@taller.example, start number {count}")
        else:
            raise SystemExit(command)


if __name__ == "__main__":
    main()
