"""The questions that recognising renamed records asks the plan's working table.

`fresh` are records of the run that no stored one is called like, `lost` stored ones that nobody in the run is
called like. Both also hold pairs that have an identifier in common and another title (`fresh.owner`).
"""

CROWD = 20
"""What more than so many records of either side have in common is no evidence: comparing each with each would
cost their square."""

TABLES = (
    "CREATE TABLE former (identifier TEXT PRIMARY KEY, id TEXT, run INTEGER) WITHOUT ROWID",
    "CREATE TABLE titles (id TEXT PRIMARY KEY, title TEXT) WITHOUT ROWID",
    "CREATE INDEX titles_by_title ON titles (title)",
    """
    CREATE TABLE fresh (
        ordinal INTEGER PRIMARY KEY, identifier TEXT, owner TEXT,
        title TEXT, exact INTEGER, signature BLOB
    )
    """,
    "CREATE INDEX fresh_by_title ON fresh (title)",
    "CREATE INDEX fresh_by_owner ON fresh (owner)",
    """
    CREATE TABLE lost (
        id TEXT PRIMARY KEY, identifier TEXT, state INTEGER,
        title TEXT, exact INTEGER, signature BLOB
    ) WITHOUT ROWID
    """,
    "CREATE INDEX lost_by_title ON lost (title)",
    "CREATE INDEX lost_by_exact ON lost (exact)",
    "CREATE TABLE elsewhere (title TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE fresh_clues (clue INTEGER, ordinal INTEGER)",
    "CREATE TABLE lost_clues (clue INTEGER, id TEXT)",
    "CREATE TABLE pairs (ordinal INTEGER, id TEXT, rank INTEGER)",
    "CREATE TABLE matches (ordinal INTEGER PRIMARY KEY, id TEXT UNIQUE, rank INTEGER)",
)

# (records nobody stored is called like, records that changed)
CENSUS = """
    SELECT coalesce(sum(stored.id IS NULL), 0), coalesce(sum(stored.digest <> seen.digest), 0)
    FROM seen LEFT JOIN stored ON stored.identifier = seen.identifier
    WHERE seen.slug IS NULL
"""

# Of several records with one identifier the one that a plan keeps: of those that no stored one is called like
# (`came`), and of those that changed under the name of a stored one (`changed`).
WANTED = """
    WITH candidates AS (
        SELECT seen.*, stored.id AS owner, coalesce(stored.digest <> seen.digest, 1) AS other FROM seen
        LEFT JOIN stored ON stored.identifier = seen.identifier
        WHERE seen.slug IS NULL AND CASE WHEN stored.id IS NULL THEN :came ELSE :changed END
    ), ranked AS (
        SELECT candidates.*, row_number() OVER (
            PARTITION BY candidates.identifier
            ORDER BY version DESC, digest DESC, schema DESC, views DESC, downloads DESC, ordinal
        ) AS place
        FROM candidates
        WHERE other OR EXISTS (
            SELECT 1 FROM seen AS twin WHERE twin.identifier = candidates.identifier
                AND twin.ordinal <> candidates.ordinal
        )
    )
    SELECT ordinal, identifier, owner, titles.title,
        EXISTS (SELECT 1 FROM titles AS others WHERE others.title = titles.title AND others.id <> titles.id)
    FROM ranked LEFT JOIN titles ON titles.id = ranked.owner
    WHERE place = 1 AND other ORDER BY ordinal
"""

# Tombstones whose content was given up (`index.store.purging`) have nothing left to be recognised by, and
# what the portal's rules leave out of the run is there.
LOST = """
    INSERT INTO lost (id, identifier, state)
    SELECT id, identifier, state FROM stored
    WHERE digest <> ''
        AND NOT EXISTS (
            SELECT 1 FROM seen
            WHERE seen.identifier = stored.identifier AND coalesce(seen.slug, 'filtered') = 'filtered'
        )
"""

OWNERS = """
    INSERT INTO lost (id, identifier, state)
    SELECT id, identifier, state FROM stored WHERE identifier IN (
        SELECT identifier FROM fresh WHERE owner IS NOT NULL
    )
"""

LOST_COUNT = """
    SELECT count(*) FROM stored
    WHERE digest <> ''
        AND NOT EXISTS (
            SELECT 1 FROM seen
            WHERE seen.identifier = stored.identifier AND coalesce(seen.slug, 'filtered') = 'filtered'
        )
"""

UNSIGNED = """
    SELECT id, identifier FROM lost WHERE (state = 3) = :dead AND id > :last ORDER BY id LIMIT :limit
"""

CHANGED = """
    SELECT DISTINCT stored.id FROM seen JOIN stored USING (identifier)
    WHERE seen.slug IS NULL AND stored.digest <> seen.digest
"""

# (records that came, records that are gone, records that have another title)
POOL = """
    SELECT
        (SELECT count(*) FROM fresh WHERE owner IS NULL),
        (SELECT count(*) FROM lost WHERE id NOT IN (SELECT owner FROM fresh WHERE owner IS NOT NULL)),
        (SELECT count(*) FROM fresh WHERE owner IS NOT NULL)
"""

ANY_CHANGED = "SELECT EXISTS (SELECT 1 FROM fresh WHERE owner IS NOT NULL)"

DEAD_AND_FRESH = """
    SELECT EXISTS (SELECT 1 FROM lost WHERE state = 3) AND EXISTS (
        SELECT 1 FROM fresh WHERE ordinal NOT IN (SELECT ordinal FROM matches)
    )
"""

HAD_OTHER_NAMES = """
    SELECT id FROM lost WHERE (state = 3) = :dead AND id IN (SELECT id FROM former)
"""

# Pairs by identifier; the last column says whether the content is now what another record's was.
OWNED = """
    SELECT fresh.ordinal, lost.id, fresh.signature, lost.signature,
        NOT EXISTS (SELECT 1 FROM titles WHERE titles.title = lost.title AND titles.id <> lost.id),
        EXISTS (SELECT 1 FROM lost AS other WHERE other.exact = fresh.exact AND other.id <> lost.id)
    FROM fresh JOIN lost ON lost.id = fresh.owner
"""

FORMER = """
    SELECT ordinal, id FROM (
        SELECT ordinal, former.id AS id, row_number() OVER (
            PARTITION BY former.id ORDER BY run DESC, fresh.identifier
        ) AS place
        FROM fresh JOIN former USING (identifier)
    ) WHERE place = 1
"""

FRESH_CLUES = "SELECT ordinal, signature FROM fresh"
LOST_CLUES = "SELECT id, signature FROM lost WHERE signature IS NOT NULL AND (state = 3) = :dead"

PAIRS = (
    "CREATE INDEX fresh_clues_by_clue ON fresh_clues (clue, ordinal)",
    "CREATE INDEX lost_clues_by_clue ON lost_clues (clue, id)",
)

# A title counts as one dataset's own when no other record of the portal has it, be it fresh, lost, or stored
# and still called the same.
CANDIDATES = """
    WITH rare AS (
        SELECT clue FROM (
            SELECT clue FROM fresh_clues GROUP BY clue HAVING count(*) <= :crowd
            INTERSECT
            SELECT clue FROM lost_clues GROUP BY clue HAVING count(*) <= :crowd
        )
    ), both AS (
        SELECT DISTINCT ordinal, id
        FROM rare JOIN fresh_clues USING (clue) JOIN lost_clues USING (clue)
    )
    SELECT both.ordinal, both.id, fresh.signature, lost.signature,
        fresh.owner IS NOT NULL OR EXISTS (SELECT 1 FROM fresh AS held WHERE held.owner = lost.id),
        NOT EXISTS (
                SELECT 1 FROM fresh AS others
                WHERE others.title = fresh.title AND others.ordinal <> fresh.ordinal
            )
            AND NOT EXISTS (
                SELECT 1 FROM lost AS others
                WHERE others.title = fresh.title AND others.id <> lost.id AND (:dead OR others.state <> 3)
            )
            AND NOT EXISTS (SELECT 1 FROM elsewhere WHERE elsewhere.title = fresh.title),
        coalesce((SELECT former.id = lost.id FROM former WHERE former.identifier = fresh.identifier), 0)
    FROM both JOIN fresh USING (ordinal) JOIN lost USING (id)
    WHERE fresh.owner IS NOT lost.id
        AND ordinal NOT IN (SELECT ordinal FROM matches) AND id NOT IN (SELECT id FROM matches)
    ORDER BY ordinal
"""

ELSEWHERE = """
    INSERT OR IGNORE INTO elsewhere
    SELECT title FROM titles WHERE NOT EXISTS (SELECT 1 FROM lost WHERE lost.id = titles.id)
"""

# (live records that are lost, live records before, records that came, titles found once on either side)
MOVE = """
    SELECT
        (SELECT count(*) FROM lost WHERE (state = 3) = :dead
            AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.owner = lost.id)),
        (SELECT count(*) FROM stored WHERE state <> 3),
        (SELECT count(*) FROM fresh WHERE owner IS NULL),
        (SELECT count(*) FROM (
            SELECT title FROM fresh WHERE owner IS NULL GROUP BY title HAVING count(*) = 1
            INTERSECT
            SELECT title FROM lost WHERE (state = 3) = :dead GROUP BY title HAVING count(*) = 1
        ))
"""

# (pairs of the last rank that are left, pairs taken, pairs taken at the rank before)
LEFT_AT_RANK = """
    SELECT
        (SELECT count(*) FROM pairs WHERE rank = :last
            AND ordinal NOT IN (SELECT ordinal FROM matches) AND id NOT IN (SELECT id FROM matches)),
        (SELECT count(*) FROM matches),
        (SELECT count(*) FROM matches WHERE rank = :before)
"""

DOUBT = """
    INSERT INTO doubtful SELECT DISTINCT ordinal FROM pairs WHERE rank = :rank
"""

RANKS = "SELECT DISTINCT rank FROM pairs ORDER BY rank"

# A pair is taken where neither of the two has another candidate as sure. A record that has several stays as
# it is: what is not certain is never guessed.
TAKE = """
    WITH open AS (
        SELECT DISTINCT ordinal, id, rank FROM pairs WHERE rank <= :rank
            AND ordinal NOT IN (SELECT ordinal FROM matches) AND id NOT IN (SELECT id FROM matches)
    )
    INSERT INTO matches SELECT ordinal, id, rank FROM open
    WHERE ordinal IN (SELECT ordinal FROM open GROUP BY ordinal HAVING count(*) = 1)
        AND id IN (SELECT id FROM open GROUP BY id HAVING count(*) = 1)
"""

AGAIN = ("DELETE FROM pairs", "DELETE FROM lost_clues")

# From here on the plan sees the stored records under their new names. One that lost its name to another and
# has found none itself gets a name no portal can use.
APPLY = (
    """
    INSERT INTO renamed SELECT lost.id, fresh.identifier, lost.identifier, 0
    FROM matches JOIN fresh USING (ordinal) JOIN lost USING (id)
    """,
    """
    INSERT INTO renamed SELECT stored.id, ' ' || stored.id, stored.identifier, 1
    FROM renamed JOIN stored ON stored.identifier = renamed.identifier
    WHERE stored.id NOT IN (SELECT id FROM renamed)
    """,
    """
    CREATE TABLE moved AS SELECT renamed.identifier, stored.id, schema, digest, views, downloads, state, rules
    FROM renamed JOIN stored ON stored.identifier = renamed.former
    """,
    "DELETE FROM stored WHERE identifier IN (SELECT former FROM renamed)",
    "INSERT INTO stored SELECT * FROM moved",
)
