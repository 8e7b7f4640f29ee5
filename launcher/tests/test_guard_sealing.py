"""Guard over secrets on their way: whatever is sealed at the same moment, each reader opens what was sealed for it."""

from concurrent.futures import ThreadPoolExecutor

from chassis import keys, sealing
from chassis.settings import Settings

TOGETHER = 8
SECRETS = 400


def settings() -> Settings:
    made = keys.generate()
    return Settings(
        service="documents",
        event_key=made["BAILLEURS_EVENT_KEY"],
        sealing_public_keys=made["BAILLEURS_SEALING_PUBLIC_KEYS"],
        sealing_private_keys=made["BAILLEURS_SEALING_PRIVATE_KEYS"],
    )


def test_secrets_sealed_at_the_same_moment_all_open() -> None:
    mine = settings()
    with ThreadPoolExecutor(TOGETHER) as pool:
        sealed = list(pool.map(lambda rank: sealing.seal_for(mine, "documents", {"rank": rank}), range(SECRETS)))
    assert [sealing.open_sealed(mine, one)["rank"] for one in sealed] == list(range(SECRETS))


def test_sealing_leaves_nothing_of_a_secret_behind_in_the_process() -> None:
    mine = settings()
    headers = [sealing.seal_for(mine, "documents", {"n": 1}).split(".")[0] for _ in range(2)]
    assert headers[0] != headers[1]
    assert "epk" not in str({name: value for name, value in vars(sealing).items() if isinstance(value, dict)})
