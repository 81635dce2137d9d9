"""A derived seed is the same everywhere and every time."""

from assay.course.seeds import derived_seed


def test_a_seed_follows_from_the_names_and_fits_every_reader_of_json():
    assert derived_seed(7, "basics", "1", "flat_labels") == 195_398_840_426_616
    assert derived_seed(7, "basics") != derived_seed(8, "basics")
    assert max(derived_seed(seed, "x") for seed in range(1000)) < 2**48
