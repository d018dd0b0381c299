"""The questions a plan asks its working table."""

# For renamed, missing, returned, and for the entries of the quarantine that are resolved.
INDEX = "CREATE INDEX seen_by_identifier ON seen (identifier, digest)"

DECIDE = (
    """
    CREATE TABLE fate (ordinal INTEGER PRIMARY KEY, action TEXT, work INTEGER, id TEXT, recount INTEGER)
    """,
    # Of several records with one identifier the greatest (version, digest) is the first, in whatever order
    # they came; the rest of the order only makes equal ones differ in nothing but popularity.
    """
    INSERT INTO fate
    WITH ranked AS (
        SELECT *, row_number() OVER (
            PARTITION BY slug IS NULL, identifier
            ORDER BY version DESC, digest DESC, schema DESC, views DESC, downloads DESC, ordinal
        ) AS place
        FROM seen
    ), compared AS (
        SELECT ranked.*, stored.id AS id, stored.state AS state,
            EXISTS (
                SELECT 1 FROM refused_before AS earlier
                WHERE earlier.identifier = ranked.identifier AND earlier.digest = ranked.digest
                    AND earlier.slug = ranked.slug
            ) AS kept,
            EXISTS (
                SELECT 1 FROM refused_before AS earlier
                WHERE earlier.identifier = ranked.identifier AND earlier.digest = ranked.digest
                    AND earlier.still
            ) AS still,
            EXISTS (
                SELECT 1 FROM renamed WHERE renamed.id = stored.id AND NOT renamed.displaced
            ) AS renamed,
            coalesce(stored.digest = ranked.digest AND stored.schema = ranked.schema, 0)
                AND ordinal NOT IN (SELECT ordinal FROM anew) AS same,
            stored.views IS NOT ranked.views OR stored.downloads IS NOT ranked.downloads AS recount
        FROM ranked
        LEFT JOIN stored ON stored.identifier = ranked.identifier
    )
    SELECT ordinal,
        CASE
            WHEN slug = 'filtered' THEN 'filtered'
            WHEN slug IS NOT NULL THEN 'quarantined'
            WHEN place > 1 THEN 'duplicate'
            WHEN renamed AND NOT still THEN 'renamed'
            WHEN same AND NOT renamed AND state = 3 THEN 'added'
            WHEN same AND NOT renamed THEN 'unchanged'
            WHEN still THEN 'quarantined'
            WHEN id IS NULL OR state = 3 THEN 'added'
            ELSE 'updated'
        END,
        CASE
            WHEN slug = 'filtered' THEN 0
            WHEN slug IS NOT NULL THEN NOT kept
            ELSE NOT (place > 1 OR still OR (same AND NOT renamed))
        END,
        id,
        slug IS NULL AND place = 1 AND same AND recount AND NOT renamed
    FROM compared
    """,
)

ACTIONS = """
    SELECT action, count(*), count(refused.ordinal), count(filtered_late.ordinal)
    FROM fate LEFT JOIN refused USING (ordinal) LEFT JOIN filtered_late USING (ordinal) GROUP BY action
"""

USABLE = "SELECT count(*) FROM (SELECT DISTINCT identifier FROM seen WHERE slug IS NULL)"

UNIDENTIFIED = "SELECT count(*) FROM seen WHERE identifier = ''"

UNKNOWN = "SELECT count(*) FROM fate WHERE action = 'added' AND id IS NULL"

DOUBTFUL = """
    SELECT count(*) FROM fate JOIN doubtful USING (ordinal) WHERE action = 'added' AND id IS NULL
"""

PREVIOUS = "SELECT count(*) FROM stored WHERE state <> 3"

# Live records whose name came, but in no form that was taken.
SPOILED = """
    SELECT count(*) FROM stored
    WHERE state <> 3
        AND EXISTS (SELECT 1 FROM seen WHERE seen.identifier = stored.identifier)
        AND NOT EXISTS (
            SELECT 1 FROM seen JOIN fate USING (ordinal) LEFT JOIN refused USING (ordinal)
            WHERE seen.identifier = stored.identifier AND refused.ordinal IS NULL
                AND action IN ('added', 'updated', 'unchanged', 'renamed', 'filtered')
        )
"""

MISSING_COUNT = """
    SELECT count(*) FROM stored
    WHERE state <> 3 AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.identifier = stored.identifier)
"""

MISSING = """
    SELECT id, state FROM stored
    WHERE state <> 3 AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.identifier = stored.identifier)
"""

# Live records that came, but only in a form which the portal's rules leave out.
LEFT_OUT = """
    SELECT id FROM stored
    WHERE state <> 3
        AND EXISTS (
            SELECT 1 FROM seen WHERE seen.identifier = stored.identifier AND seen.slug = 'filtered'
        )
        AND NOT EXISTS (SELECT 1 FROM seen WHERE seen.identifier = stored.identifier AND seen.slug IS NULL)
"""

# Those of them that stood under the same rules: it is the portal that changed, not the rules.
FALLEN = f"SELECT count(*) FROM ({LEFT_OUT} AND stored.rules = :rules)"  # noqa: S608 (our own words)

SAME = "SELECT id FROM same"

FILTERED = "SELECT seen.identifier, rule FROM filtered JOIN seen USING (ordinal) ORDER BY ordinal"

RETURNED = """
    SELECT id FROM stored
    WHERE state IN (1, 2) AND EXISTS (SELECT 1 FROM seen WHERE seen.identifier = stored.identifier)
"""

REVIVED = "SELECT id FROM fate WHERE action = 'added' AND work = 0"

RECOUNTED = "SELECT id, views, downloads FROM fate JOIN seen USING (ordinal) WHERE recount"

WORK = """
    SELECT ordinal, fate.id, seen.identifier, slug, message,
        (SELECT former FROM renamed WHERE renamed.id = fate.id AND action = 'renamed')
    FROM fate JOIN seen USING (ordinal)
    WHERE work ORDER BY ordinal
"""

# Stored records whose name another record of the run has now: they have to give it up first.
IN_THE_WAY = """
    SELECT id, former FROM renamed
    WHERE displaced OR EXISTS (
        SELECT 1 FROM seen WHERE seen.identifier = renamed.former AND seen.slug IS NULL
    )
"""

# A record that these mappings refused before is not tried again; its entry says why.
ERRORS = """
    SELECT seen.identifier,
        CASE WHEN action = 'duplicate' THEN NULL ELSE coalesce(refused.slug, seen.slug, earlier.slug) END,
        CASE WHEN action = 'duplicate' THEN seen.version
            ELSE coalesce(refused.message, seen.message, earlier.message) END
    FROM fate
    JOIN seen USING (ordinal)
    LEFT JOIN refused USING (ordinal)
    LEFT JOIN refused_before AS earlier
        ON earlier.identifier = seen.identifier AND earlier.digest = seen.digest
            AND earlier.still AND action = 'quarantined' AND seen.slug IS NULL
    WHERE action IN ('duplicate', 'quarantined') OR refused.ordinal IS NOT NULL
    GROUP BY ordinal
    ORDER BY ordinal
"""

# An entry of the quarantine is resolved when its record came again and was taken, or came no more in a
# complete run.
RESOLVED = """
    SELECT identifier, digest, slug FROM refused_before AS earlier
    WHERE NOT EXISTS (
        SELECT 1 FROM seen JOIN fate USING (ordinal) LEFT JOIN refused USING (ordinal)
        WHERE seen.identifier = earlier.identifier AND seen.digest = earlier.digest
            AND (action = 'quarantined' OR refused.ordinal IS NOT NULL)
            AND CASE
                WHEN coalesce(seen.slug, refused.slug) IS NULL THEN earlier.still
                ELSE coalesce(seen.slug, refused.slug) = earlier.slug
            END
    ) AND (
        ? OR (
            earlier.identifier <> ''
            AND EXISTS (SELECT 1 FROM seen WHERE seen.identifier = earlier.identifier)
        )
    )
"""
