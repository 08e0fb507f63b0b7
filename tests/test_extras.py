import pytest

from ms_gan.errors import UsageError
from ms_gan.extras import need


def test_a_missing_package_is_one_sentence():
    need("This", "dev", "pytest")
    with pytest.raises(UsageError, match=r'This needs no_such_package; install with: pip install "ms_gan\[export\]"'):
        need("This", "export", "pytest", "no_such_package")
