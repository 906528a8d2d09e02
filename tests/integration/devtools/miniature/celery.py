"""``config.celery`` of the miniature."""

import psycopg
from celery import Celery

from config.environment import read_environment


def make_broker_url(redis_url: str) -> str:
    if redis_url.startswith("unix://"):
        return redis_url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    return redis_url


app = Celery("miniature", broker=make_broker_url(read_environment().redis_url))
app.conf.task_ignore_result = True
app.conf.broker_connection_max_retries = None


@app.task
def note() -> None:
    with psycopg.connect(read_environment().database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO visit DEFAULT VALUES")
