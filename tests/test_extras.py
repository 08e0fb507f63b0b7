from ms_gan.extras import need
from tests.refusals import refused


def test_a_missing_package_is_one_sentence():
    need("This", "dev", "pytest")
    with refused(code="uninstalled", says=r'This needs no_such_package; install with: pip install "ms_gan\[export\]"'):
        need("This", "export", "pytest", "no_such_package")
