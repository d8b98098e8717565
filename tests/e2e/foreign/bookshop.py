# A bookshop's server as one would write it with FastMCP and SQLAlchemy: synchronous tools, a pool of 2 and no overflow.
import os
from typing import Annotated

from fastmcp import FastMCP
from pydantic import BaseModel, Field
from sqlalchemy import create_engine, text

engine = create_engine(os.environ["DATABASE_URL"], pool_size=2, max_overflow=0, pool_timeout=30)
shop = FastMCP("bookshop")
read_only = {"readOnlyHint": True}


class Book(BaseModel):
    id: int
    title: str
    price: float


def rows(statement: str, **values: object) -> list[Book]:
    with engine.connect() as connection:
        return [Book(**row) for row in connection.execute(text(statement), values).mappings()]


@shop.tool(annotations=read_only)
def list_books(limit: Annotated[int, Field(ge=1, le=50)] = 10) -> list[Book]:
    """The newest books."""
    return rows("select id, title, price from books order by id desc limit :limit", limit=limit)


@shop.tool(annotations=read_only)
def get_book(book_id: int) -> Book:
    """One book, by its id."""
    found = rows("select id, title, price from books where id = :id", id=book_id)
    if not found:
        raise ValueError(f"no book {book_id}")
    return found[0]


@shop.tool(annotations=read_only)
def books_below(price: Annotated[float, Field(gt=0, le=1000)]) -> dict[str, int]:
    """How many books cost less."""
    with engine.connect() as connection:
        return {"books": connection.execute(text("select count(*) from books where price < :price"), {"price": price}).scalar_one()}


@shop.tool(annotations={"destructiveHint": True})
def delete_book(book_id: int) -> str:
    """Take a book off the shelves."""
    raise RuntimeError("nobody allowed this")


if __name__ == "__main__":
    shop.run(transport="http", host="127.0.0.1", port=int(os.environ["PORT"]), show_banner=False)
